import type { VNode } from 'preact'

/** Strokes on a 24 by 24 grid. */
const paths = {
  play: 'M8 5.5v13l10.5-6.5z',
  stop: 'M7 7h10v10H7z',
  camera: 'M4 8.5h3l1.5-2.5h7L17 8.5h3v10H4zM12 16.3a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  images: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 10a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z',
  folder: 'M3.5 6.5h6l2 2.5h9v10h-17z',
  turn: 'M4.5 12a7.5 7.5 0 0 1 12.8-5.3L20 9.4M20 4.8v4.6h-4.6M19.5 12a7.5 7.5 0 0 1-12.8 5.3L4 14.6M4 19.2v-4.6h4.6',
  trash: 'M5 7.5h14M10 7V5h4v2M7 7.5l.8 11.5h8.4L17 7.5M10.3 11v5M13.7 11v5',
  save: 'M12 4.5v10M8 11l4 4 4-4M5 19h14',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  check: 'M5.5 12.5l4.3 4.3 8.7-9.3',
} as const

export type IconName = keyof typeof paths

/** Decoration beside a text: screen readers pass over it. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" data-icon={name}>
      <path d={paths[name]} />
    </svg>
  )
}
