export function RunScreen() {
  return <div className="page" />;
}
