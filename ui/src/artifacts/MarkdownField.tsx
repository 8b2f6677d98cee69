import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Choice } from "../kit/Choice";
import { Text } from "../kit/Text";
import { Markdown } from "./Markdown";
import "./MarkdownField.css";

/** A text in Markdown, to write or to see as it will be shown. */
export function MarkdownField({
  label,
  value,
  change,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
}) {
  const { t } = useTranslation();
  const [side, setSide] = useState<"write" | "preview">("write");
  const options = [
    { value: "write", label: t("kit.write") },
    { value: "preview", label: t("kit.preview") },
  ] as const;
  return (
    <div className="markdown-field">
      <Choice bare label={label} value={side} options={options} choose={setSide} />
      {side === "write" ? (
        <Text bare label={label} rows={12} value={value} change={change} />
      ) : (
        <div className="markdown-preview">
          {value.trim() ? <Markdown text={value} /> : <p className="quiet">{t("kit.nothingWritten")}</p>}
        </div>
      )}
    </div>
  );
}
