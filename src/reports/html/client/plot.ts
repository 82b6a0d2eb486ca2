/// <reference lib="dom" />
import type UPlot from 'uplot';
import { ink } from './dom.js';
import { onTheme } from './theme.js';

/** The plot library, which the page carries before its own script. */
declare const uPlot: typeof UPlot;
export type Plot = UPlot;
export type PlotOptions = Omit<UPlot.Options, 'width'>;

/** A plot as wide as the place it stands in, and in the colours of the present theme. */
export function plot(place: HTMLElement, options: PlotOptions, data: UPlot.AlignedData): Plot {
  const drawn = new uPlot({ ...options, width: widthOf(place) }, data, place);
  const fit = (): void => {
    const width = widthOf(place);
    if (width !== drawn.width) drawn.setSize({ width, height: options.height });
  };
  new ResizeObserver(fit).observe(place);
  onTheme(() => drawn.redraw(false, true));
  return drawn;
}

/** A plot needs to know how wide its place is, so that it is drawn once the place is in the page. */
export function whenPlaced(place: HTMLElement, draw: () => void): void {
  const observer = new ResizeObserver(() => {
    if (place.clientWidth === 0) return;
    observer.disconnect();
    draw();
  });
  observer.observe(place);
}

function widthOf(place: HTMLElement): number {
  return Math.max(240, Math.floor(place.clientWidth));
}

export function bars(): UPlot.Series.PathBuilder | undefined {
  return uPlot.paths.bars?.({ size: [0.86, 100], align: 0 });
}

/** Axes look alike in all plots: hairlines, small type. */
export function axis(more: UPlot.Axis): UPlot.Axis {
  return {
    stroke: () => ink('faint'),
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    grid: { stroke: () => ink('line'), width: 1 },
    ticks: { stroke: () => ink('line'), width: 1, size: 4 },
    ...more,
  };
}

/** Draws within the plot's area, in canvas pixels, and leaves the canvas as it was. */
export function within(drawn: Plot, draw: (canvas: CanvasRenderingContext2D, area: DOMRect) => void): void {
  const { left, top, width, height } = drawn.bbox;
  drawn.ctx.save();
  drawn.ctx.beginPath();
  drawn.ctx.rect(left, top, width, height);
  drawn.ctx.clip();
  draw(drawn.ctx, new DOMRect(left, top, width, height));
  drawn.ctx.restore();
}

/** Places of an axis that have room for their labels, the first ones before the later ones; in order. */
export function spaced(drawn: Plot, scale: 'x' | 'y', places: readonly number[], roomPixels: number): number[] {
  const { min = 0, max = 0 } = drawn.scales[scale] ?? {};
  const kept: { at: number; pixel: number }[] = [];
  for (const at of places) {
    const pixel = drawn.valToPos(at, scale);
    const free = kept.every((other) => Math.abs(other.pixel - pixel) >= roomPixels);
    if (at >= min && at <= max && free) kept.push({ at, pixel });
  }
  return kept.map(({ at }) => at).sort((a, b) => a - b);
}

/** A line across the plot with what it stands for beside it. */
export interface Rule {
  readonly label: string;
  readonly at: number;
  readonly colour: string;
  readonly dashed: boolean;
}

/** Upright or level lines over a plot, their labels one below the other so that none hides another. */
export function drawRules(drawn: Plot, scale: 'x' | 'y', rules: readonly Rule[]): void {
  within(drawn, (canvas, area) => {
    const pixel = devicePixelRatio;
    canvas.font = `${11 * pixel}px system-ui, sans-serif`;
    canvas.textAlign = 'left';
    canvas.textBaseline = 'alphabetic';
    canvas.lineWidth = pixel;
    rules.forEach(({ label, at, colour, dashed }, row) => {
      const place = Math.round(drawn.valToPos(at, scale, true));
      canvas.strokeStyle = colour;
      canvas.fillStyle = colour;
      canvas.setLineDash(dashed ? [5 * pixel, 4 * pixel] : []);
      canvas.beginPath();
      if (scale === 'x') {
        canvas.moveTo(place, area.top);
        canvas.lineTo(place, area.bottom);
      } else {
        canvas.moveTo(area.left, place);
        canvas.lineTo(area.right, place);
      }
      canvas.stroke();
      const width = canvas.measureText(label).width;
      if (scale === 'x') {
        const leftwards = place + width + 8 * pixel > area.right;
        canvas.fillText(
          label,
          leftwards ? place - width - 5 * pixel : place + 5 * pixel,
          area.top + (row + 1) * 14 * pixel,
        );
      } else canvas.fillText(label, area.right - width - 5 * pixel, place - 4 * pixel);
    });
  });
}
