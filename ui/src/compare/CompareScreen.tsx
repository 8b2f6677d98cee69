export function CompareScreen() {
  return <div className="page" />;
}
