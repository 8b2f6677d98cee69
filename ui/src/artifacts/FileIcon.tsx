import {
  Braces,
  FileCode2,
  FileQuestion,
  FileText,
  Folder,
  Image,
  type LucideIcon,
  Sheet,
} from "lucide-react";
import { type Kind, shownAs } from "./kind";

const ICONS: Partial<Record<Kind, LucideIcon>> = {
  picture: Image,
  csv: Sheet,
  parquet: Sheet,
  json: Braces,
  lines: Braces,
  text: FileCode2,
  unknown: FileQuestion,
};

export function FileIcon({ path, folder }: { path: string; folder: boolean }) {
  const Icon = folder ? Folder : (ICONS[shownAs(path).kind] ?? FileText);
  return <Icon aria-hidden="true" />;
}
