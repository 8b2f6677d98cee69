import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { fetchPiece, fileAddress } from "../api/artifacts";
import { isPicture, looksLikeText } from "../artifacts/kind";
import { plain } from "../artifacts/terminal";
import { bytes } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import type { Compared } from "./CompareScreen";
import { DiffView } from "./DiffView";

/** Of longer files, the beginnings are compared. */
const MOST = 2 * 1024 * 1024;

interface Props {
  path: string;
  a: Compared;
  b: Compared;
  /** Whether the two runs have the file. */
  there: [boolean, boolean];
}

/** A file of two runs: whether it is the same to the byte and, where it is text, in what it differs. */
export function FileDiff({ path, a, b, there }: Props) {
  const { t } = useTranslation();
  const both = useQuery({
    queryKey: ["file-diff", a.run_id, b.run_id, path],
    queryFn: ({ signal }) =>
      Promise.all(
        [a, b].map((one, at) =>
          there[at] ? fetchPiece({ run_id: one.run_id }, path, 0, MOST, signal) : Promise.resolve(null),
        ),
      ),
    staleTime: 60_000,
    gcTime: 30_000,
  });
  if (both.isError) return <Problem error={both.error} retry={() => both.refetch()} />;
  if (!both.data) return <Skeleton lines={5} />;
  const [left, right] = both.data;
  if (!left || !right)
    return <p className="quiet">{t("compare.onlyIn", { name: left ? a.label : b.label })}</p>;
  const cut = left.size > MOST || right.size > MOST;
  const equal = left.size === right.size && isEqual(left.bytes, right.bytes);
  return (
    <div className="line-diff">
      <p>
        {t(equal ? (cut ? "compare.equalStart" : "compare.equalFile") : "compare.otherFile", {
          size: bytes(MOST),
        })}
      </p>
      {!equal && isPicture(path) && (
        <div className="line-pictures">
          {[a, b].map((one) => (
            <img key={one.run_id} src={fileAddress({ run_id: one.run_id }, path)} alt={one.label} />
          ))}
        </div>
      )}
      {!equal && !isPicture(path) && looksLikeText(left.bytes) && looksLikeText(right.bytes) && (
        <DiffView a={text(left.bytes)} b={text(right.bytes)} names={[a.label, b.label]} />
      )}
    </div>
  );
}

function text(content: Uint8Array): string {
  return plain(new TextDecoder().decode(content));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
