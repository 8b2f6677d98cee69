/**
 * Takes the place of the package react-remove-scroll, on which Radix insists (vite.config.ts): it writes <style> elements,
 * which the page's policy forbids, to stop what is behind a dialog from scrolling. Here nothing scrolls but parts of the frame.
 */
import { type ElementType, forwardRef, type ReactNode } from "react";

interface Props {
  as?: ElementType;
  children?: ReactNode;
  allowPinchZoom?: boolean;
  shards?: unknown;
  enabled?: boolean;
}

export const RemoveScroll = forwardRef<unknown, Props>(
  ({ as: Part = "div", allowPinchZoom: _zoom, shards: _shards, enabled: _enabled, ...rest }, ref) => (
    <Part ref={ref} {...rest} />
  ),
);
RemoveScroll.displayName = "RemoveScroll";
