export function ModelScreen() {
  return <div className="page" />;
}
