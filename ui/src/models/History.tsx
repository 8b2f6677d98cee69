import { useTranslation } from "react-i18next";
import { useHistory } from "../api/models";
import type { ModelEvent } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { ago, moment } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { stageOf } from "./StageBadge";
import "./History.css";

/** Who did what, when; the newest first. */
export function History({ name }: { name: string }) {
  const { t } = useTranslation();
  const history = useHistory(name);
  if (history.error && !history.data)
    return <Problem error={history.error} retry={() => history.refetch()} />;
  const events = history.data?.pages.flatMap((page) => page.events ?? []);
  if (!events) return <Skeleton lines={6} />;
  if (events.length === 0) return <Empty title={t("models.noHistory")} />;
  return (
    <>
      <ol className="history">
        {events.map((event, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events have no name of their own and never move
          <li key={place} className={event.action === "stage" ? `stage ${stageOf(event.after)}` : ""}>
            <p>
              {event.version && <strong>v{event.version}</strong>} <What event={event} />
            </p>
            <p className="quiet">
              {event.who && <span>{event.who} · </span>}
              <time dateTime={new Date(event.at).toISOString()} title={moment(event.at)}>
                {ago(event.at)}
              </time>
            </p>
          </li>
        ))}
      </ol>
      {history.hasNextPage && (
        <p className="models-more">
          <Button onClick={() => history.fetchNextPage()} disabled={history.isFetchingNextPage}>
            {t("models.more")}
          </Button>
        </p>
      )}
    </>
  );
}

const KNOWN = [
  "created",
  "renamed",
  "described",
  "deleted",
  "version_created",
  "version_described",
  "version_deleted",
  "stage",
  "alias",
  "alias_removed",
  "tag",
  "tag_removed",
] as const;

function What({ event }: { event: ModelEvent }) {
  const { t } = useTranslation();
  const action = KNOWN.find((one) => one === event.action);
  if (!action) return <>{event.action}</>;
  const stage = (text: string) => t(`models.stages.${stageOf(text)}`);
  const staged = action === "stage";
  return (
    <>
      {t(`models.events.${action}`, {
        subject: event.subject,
        before: staged ? stage(event.before) : event.before,
        after: staged ? stage(event.after) : event.after,
      })}
    </>
  );
}
