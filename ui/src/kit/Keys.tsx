import { Fragment } from "react";
import { caps } from "./useKeys";
import "./Keys.css";

/** A shortcut, drawn as the caps of a keyboard. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="keys">
      {caps(keys).map((step, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the steps of one shortcut never move
        <Fragment key={place}>
          {step.map((cap) => (
            <kbd key={cap}>{cap}</kbd>
          ))}
        </Fragment>
      ))}
    </span>
  );
}
