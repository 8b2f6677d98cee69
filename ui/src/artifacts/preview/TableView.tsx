import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { placeKey } from "../../api/artifacts";
import { Empty } from "../../kit/Empty";
import { Problem } from "../../kit/Problem";
import { Skeleton } from "../../kit/Skeleton";
import { csvSource } from "../csvSource";
import { DataTable } from "../DataTable";
import { parquetSource } from "../parquetSource";
import { nameOf } from "../tree";
import type { FileProps } from "./Content";

/** CSV and Parquet files as tables. */
export function TableView({ where, path, kind }: FileProps & { kind: "csv" | "parquet" }) {
  const { t } = useTranslation();
  const source = useQuery({
    queryKey: ["table", placeKey(where), path],
    queryFn: () => (kind === "csv" ? csvSource(where, path) : parquetSource(where, path)),
    staleTime: Infinity,
    gcTime: 0,
    structuralSharing: false,
    refetchOnWindowFocus: false,
  });
  if (source.isError) return <Problem error={source.error} retry={() => source.refetch()} />;
  if (!source.data) return <Skeleton lines={10} />;
  if (source.data.columns.length === 0) return <Empty title={t("artifacts.emptyFile")} />;
  return <DataTable source={source.data} label={nameOf(path)} />;
}
