export function RunsScreen() {
  return <div className="page" />;
}
