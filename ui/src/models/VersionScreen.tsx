export function VersionScreen() {
  return <div className="page" />;
}
