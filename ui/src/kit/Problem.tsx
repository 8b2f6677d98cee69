import { CloudOff, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/call";
import { Button } from "./Button";
import { Empty } from "./Empty";

/** What went wrong, in the server's own sentence, with a way to try again. */
export function Problem({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const away = error instanceof ApiError && error.status === 0;
  const text = away ? t("kit.unreachable") : error instanceof Error ? error.message : String(error);
  return (
    <div role="alert">
      <Empty icon={away ? <CloudOff /> : <TriangleAlert />} title={away ? t("kit.noServer") : t("kit.wrong")}>
        <p>{text}</p>
        {retry && (
          <p>
            <Button onClick={retry}>{t("kit.retry")}</Button>
          </p>
        )}
      </Empty>
    </div>
  );
}
