import { useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Columns } from '../../stream-log/series.ts'

/** Colours are names of the page's own custom properties, so that a theme is one place. */
export interface PlotSeries {
  readonly label: string
  readonly colour: `--${string}`
  readonly look: 'bars' | 'line' | 'steps'
}

export interface PlotProps {
  readonly label: string
  readonly series: readonly PlotSeries[]
  /** Read in an effect: what it reads of signals draws again when it changes. */
  readonly columns: () => Columns
  readonly most?: number
  readonly formatValue: (value: number) => string
  /** What is counted along the axis at the bottom. */
  readonly across: string
  /** Grows with whatever the colours depend on. */
  readonly theme: string
}

/**
 * So often at most, in milliseconds: a chart that moves with every frame cannot be read, and costs frames.
 */
const redrawMs = 400
const height = 180

function optionsOf(
  { series, most, formatValue, across }: PlotProps,
  element: HTMLElement,
  width: number,
): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  const bars = uPlot.paths.bars?.({ size: [0.9, 12], align: 1 })
  const steps = uPlot.paths.stepped?.({ align: 1 })
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: false },
      y: { range: (_plot, _low, high) => [0, most ?? Math.max(0.05, high * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        label: across,
        labelSize: 16,
        labelGap: 0,
        labelFont: axis.font,
        values: (_plot, splits) => splits.map((value) => (Number.isInteger(value) ? String(value) : '')),
      },
      { ...axis, size: 48, values: (_plot, splits) => splits.map(formatValue) },
    ],
    series: [
      {},
      ...series.map(({ label, colour: name, look }): uPlot.Series => {
        const base = { label, stroke: colour(name), points: { show: false }, spanGaps: false }
        if (look === 'bars')
          return { ...base, fill: colour(name), width: 0, ...(bars !== undefined && { paths: bars }) }
        return {
          ...base,
          width: 2,
          ...(look === 'steps' && { dash: [6, 4], ...(steps !== undefined && { paths: steps }) }),
        }
      }),
    ],
  }
}

const dataOf = ({ x, series }: Columns): uPlot.AlignedData => [[...x], ...series.map((values) => [...values])]

/** A chart. A table beside it says the same: see `ChartCard`. */
export function Plot(props: PlotProps): VNode {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const pending = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const made = new uPlot(
      optionsOf(props, element, Math.max(200, element.clientWidth)),
      dataOf(props.columns()),
      element,
    )
    plot.current = made
    const observer = new ResizeObserver(() =>
      made.setSize({ width: Math.max(200, element.clientWidth), height }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      clearTimeout(pending.current)
      pending.current = undefined
      plot.current = undefined
      made.destroy()
    }
  }, [props.theme, props.most])

  useSignalEffect(() => {
    const columns = props.columns()
    if (pending.current !== undefined || plot.current === undefined) return
    plot.current.setData(dataOf(columns))
    pending.current = setTimeout(() => {
      pending.current = undefined
      plot.current?.setData(dataOf(props.columns()))
    }, redrawMs)
  })

  return <div class="plot" ref={box} role="img" aria-label={props.label} />
}
