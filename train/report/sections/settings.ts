import { markup, type Markup } from '../html/markup.ts'
import { section } from '../html/section.ts'
import type { ReportData } from '../report-data.ts'

/** Every setting with its value: what to repeat the training with. */
export const settingsSection = ({ manifest }: ReportData): Markup =>
  section({
    id: 'settings',
    title: 'Settings',
    lead: 'The command at the top, at the same commit and with the same data, trains this bundle again.',
    body: markup`<details><summary>All settings</summary><pre tabindex="0">${JSON.stringify(manifest.training.config, null, 2)}</pre></details>`,
  })
