import { SquareTerminal } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress } from "../api/artifacts";
import { useKept } from "../api/run";
import type { Run } from "../api/types.gen";
import { plain } from "../artifacts/terminal";
import { Check } from "../kit/Check";
import { Empty } from "../kit/Empty";
import { bytes } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { CONSOLE, useConsole } from "./useConsole";
import "./Parts.css";

/** What the program printed. While it runs, the end stays in view. */
export function Console({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { run_id, status } = run.info;
  const running = status === "RUNNING";
  const kept = useKept(run_id);
  const there = kept.data?.has(CONSOLE) ?? false;
  const { text, cut, size, error } = useConsole(run_id, there || running, running);
  const [follow, setFollow] = useState(running);
  const [find, setFind] = useState("");
  const box = useRef<HTMLElement>(null);
  const lines = useMemo(() => {
    const clean = plain(text);
    if (!find) return clean;
    const low = find.toLowerCase();
    return clean
      .split("\n")
      .filter((line) => line.toLowerCase().includes(low))
      .join("\n");
  }, [text, find]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what is followed
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, follow]);
  if (kept.isPending) return <Skeleton lines={8} />;
  if (error && !text) return <Problem error={error} retry={() => kept.refetch()} />;
  if (!text)
    return (
      <Empty icon={<SquareTerminal />} title={t("run.noConsole")}>
        {t(running ? "run.noConsoleYet" : "run.noConsoleHint")}
      </Empty>
    );
  return (
    <div className="run-console">
      <div className="run-curves-tools">
        <input
          className="input"
          type="search"
          aria-label={t("run.findLines")}
          placeholder={t("run.findLines")}
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <Check on={follow} set={setFollow}>
          {t("run.follow")}
        </Check>
        <span className="quiet">{bytes(size)}</span>
        <a className="button plain" href={fileAddress({ run_id }, CONSOLE)} download>
          {t("artifacts.download")}
        </a>
      </div>
      {cut > 0 && <p className="preview-note">{t("run.consoleCut", { size: bytes(cut) })}</p>}
      <section
        ref={box}
        className="run-console-text"
        aria-label={t("run.tabs.console")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        onWheel={(event) => event.deltaY < 0 && setFollow(false)}
      >
        <pre>{lines}</pre>
      </section>
    </div>
  );
}
