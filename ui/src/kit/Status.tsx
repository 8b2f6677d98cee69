import { Ban, CircleCheck, CircleDashed, CircleDot, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import "./Status.css";

const LOOKS = {
  FINISHED: [CircleCheck, "good"],
  RUNNING: [CircleDot, "accent"],
  FAILED: [CircleX, "bad"],
  KILLED: [Ban, "warn"],
  SCHEDULED: [CircleDashed, "plain"],
} as const;

/** How a run stands: a sign with a shape of its own for each status, and the word for it beside it or only heard. */
export function Status({ status, bare = false }: { status: string; bare?: boolean }) {
  const { t } = useTranslation();
  const known = (status in LOOKS ? status : "SCHEDULED") as keyof typeof LOOKS;
  const [Sign, tone] = LOOKS[known];
  const word = t(`kit.status.${known}`);
  return (
    <span className={`status ${tone}`} title={bare ? word : undefined}>
      <Sign aria-hidden="true" />
      <span className={bare ? "unseen" : ""}>{word}</span>
    </span>
  );
}
