/** What stands in a chart's place while there is none, as high as the chart: nothing jumps when it comes. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/call";
import { Button } from "../kit/Button";
import { Skeleton } from "../kit/Skeleton";

export function ChartWait({ height }: { height: number }) {
  return (
    <div style={{ blockSize: height, overflow: "hidden" }}>
      <Skeleton lines={Math.max(3, Math.floor(height / 34))} />
    </div>
  );
}

export function ChartEmpty({ height, children }: { height: number; children: ReactNode }) {
  return (
    <div className="chart-empty" style={{ blockSize: height }}>
      <p>{children}</p>
    </div>
  );
}

export function ChartProblem({
  error,
  retry,
  height,
}: {
  error: unknown;
  retry?: () => void;
  height: number;
}) {
  const { t } = useTranslation();
  const away = error instanceof ApiError && error.status === 0;
  return (
    <div className="chart-empty" role="alert" style={{ blockSize: height }}>
      <p>{away ? t("kit.noServer") : error instanceof Error ? error.message : String(error)}</p>
      {retry && (
        <p>
          <Button onClick={retry}>{t("kit.retry")}</Button>
        </p>
      )}
    </div>
  );
}
