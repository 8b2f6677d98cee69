export function TrashScreen() {
  return <div className="page" />;
}
