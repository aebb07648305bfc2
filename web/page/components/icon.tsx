import type { VNode } from 'preact'

/** Strokes on a 24 by 24 grid. */
const paths = {
  play: 'M8 5.5v13l10.5-6.5z',
  pause: 'M7 6h3.4v12H7zM13.6 6H17v12h-3.4z',
  stop: 'M7 7h10v10H7z',
  camera: 'M4 8.5h3l1.5-2.5h7L17 8.5h3v10H4zM12 16.3a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  images: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 10a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z',
  folder: 'M3.5 6.5h6l2 2.5h9v10h-17z',
  turn: 'M4.5 12a7.5 7.5 0 0 1 12.8-5.3L20 9.4M20 4.8v4.6h-4.6M19.5 12a7.5 7.5 0 0 1-12.8 5.3L4 14.6M4 19.2v-4.6h4.6',
  torch: 'M13.5 3L6 13.5h5L10 21l8-11h-5.2z',
  trash: 'M5 7.5h14M10 7V5h4v2M7 7.5l.8 11.5h8.4L17 7.5M10.3 11v5M13.7 11v5',
  save: 'M12 4.5v10M8 11l4 4 4-4M5 19h14',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  check: 'M5.5 12.5l4.3 4.3 8.7-9.3',
  watch:
    'M2.8 12C5 8 8.2 6 12 6s7 2 9.2 6C19 16 15.8 18 12 18s-7-2-9.2-6zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  cache: 'M12 3.5l8 4-8 4-8-4zM4 12l8 4 8-4M4 16.5l8 4 8-4',
  insight: 'M4 19.5h16M6.5 16v-5M11 16V5.5M15.5 16V9M19 16v-3',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  shield: 'M12 3.5l7 2.5v5.5c0 4.3-2.8 7.4-7 9-4.2-1.6-7-4.7-7-9V6zM8.8 12l2.3 2.3 4.2-4.5',
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
