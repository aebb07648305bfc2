import { defineCommand, runMain } from 'citty'
import { ablation } from './experiments/ablation/ablation.ts'
import { controls } from './experiments/controls/controls.ts'
import { deltas } from './experiments/deltas/deltas.ts'
import { family } from './experiments/family/family.ts'
import { line } from './experiments/line/line.ts'
import { pictures } from './experiments/pictures/pictures.ts'
import { search } from './experiments/search/search.ts'

await runMain(
  defineCommand({
    meta: {
      name: 'npm run experiment --',
      description:
        'Trains several runs of one data set side by side, to find something out, and prints a table of them. Ctrl-C stops; the same command goes on.',
    },
    subCommands: { search, ablation, deltas, controls, line, pictures, family },
  }),
)
