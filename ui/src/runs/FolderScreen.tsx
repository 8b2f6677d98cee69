export function FolderScreen() {
  return <div className="page" />;
}
