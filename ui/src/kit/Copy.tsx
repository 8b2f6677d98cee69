import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./IconButton";
import "./Copy.css";

/** Puts a text on the clipboard, and says so by a tick. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <IconButton label={copied ? t("kit.copied") : (label ?? t("kit.copy"))} onClick={copy}>
      {copied ? <Check /> : <CopyIcon />}
    </IconButton>
  );
}

/** Lines to paste into a terminal or a script. */
export function CopyBlock({ text }: { text: string }) {
  return (
    <div className="copy-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </div>
  );
}
