import { Ellipsis, Maximize2, RotateCcw } from "lucide-react";
import { type ReactNode, type Ref, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../kit/Dialog";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuCheck, MenuItem, MenuLine } from "../kit/Menu";
import { Scroll } from "./Scroll";
import { useSize } from "./useSize";
import "./ChartCard.css";

export interface Saving {
  png?: () => void;
  svg?: () => void;
  csv?: () => void;
}

interface Props {
  title: string;
  /** Beside the title: what is special about it. */
  note?: ReactNode;
  /** Fields that choose what is drawn. */
  fields?: ReactNode;
  /** Draws the chart at a height. */
  children: (height: number) => ReactNode;
  height: number;
  /** The same as text. */
  table: () => ReactNode;
  save: Saving;
  zoomed?: boolean;
  unzoom?: () => void;
  /** More entries of the menu. */
  menu?: ReactNode;
  /** Before the title: what the chart is moved by. */
  grip?: ReactNode;
  /** Whether something is on its way. */
  late?: boolean;
  bodyRef?: Ref<HTMLDivElement>;
}

/** A chart with its title and its menu: as a table, as a file, large. */
export function ChartCard(props: Props) {
  const { title, note, fields, children, height, table, save, zoomed, unzoom, menu, grip, late, bodyRef } =
    props;
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const [large, setLarge] = useState(false);
  // Fields take their room from the chart, so that cards beside each other are equally high.
  const fieldsRef = useRef<HTMLDivElement>(null);
  const taken = useSize(fieldsRef).height;
  const body = (size: number) =>
    asTable ? (
      <Scroll className="chart-table" style={{ maxBlockSize: size }} label={title}>
        {table()}
      </Scroll>
    ) : (
      children(size)
    );
  return (
    <figure className="chart-card" aria-label={title} aria-busy={late || undefined}>
      <figcaption>
        {grip}
        <span className="chart-title cut" title={title}>
          {title}
        </span>
        {note && <span className="chart-note">{note}</span>}
        <span className="chart-tools">
          {zoomed && unzoom && (
            <IconButton label={t("charts.unzoom")} onClick={unzoom}>
              <RotateCcw />
            </IconButton>
          )}
          <IconButton className="chart-large" label={t("charts.enlarge")} onClick={() => setLarge(true)}>
            <Maximize2 />
          </IconButton>
          <Menu
            align="end"
            trigger={
              <IconButton label={t("charts.menu", { title })}>
                <Ellipsis />
              </IconButton>
            }
          >
            <MenuCheck on={asTable} set={setAsTable}>
              {t("charts.asTable")}
            </MenuCheck>
            <MenuItem onSelect={() => setLarge(true)}>{t("charts.enlarge")}</MenuItem>
            <MenuLine />
            {save.png && <MenuItem onSelect={save.png}>{t("charts.savePng")}</MenuItem>}
            {save.svg && <MenuItem onSelect={save.svg}>{t("charts.saveSvg")}</MenuItem>}
            {save.csv && <MenuItem onSelect={save.csv}>{t("charts.saveCsv")}</MenuItem>}
            {menu && <MenuLine />}
            {menu}
          </Menu>
        </span>
      </figcaption>
      <div ref={fieldsRef} className="chart-fields">
        {fields}
      </div>
      <div ref={bodyRef} className="chart-body" style={{ blockSize: Math.max(120, height - taken) }}>
        {body(Math.max(120, height - taken))}
      </div>
      <Dialog open={large} close={() => setLarge(false)} title={title} wide>
        <div className="chart-enlarged">
          {large && body(Math.max(280, Math.round(innerHeight * 0.76) - 130))}
        </div>
      </Dialog>
    </figure>
  );
}
