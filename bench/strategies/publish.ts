import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crossoverMap } from '../plots/crossover-map.ts'
import { latencyBars } from '../plots/latency-bars.ts'
import { withTable } from '../readme/strategies-table.ts'
import { crossoverOf } from './crossover.ts'
import type { Results } from './results.ts'

async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.tmp`, content)
  await rename(`${path}.tmp`, path)
}

/**
 * Draws the plots, and writes the table of docs/results/strategies.md: both say what the results say and
 * nothing else.
 */
export async function publish(results: Results, projectFolder: string): Promise<void> {
  const plots = join(projectFolder, 'bench', 'results', 'plots')
  await mkdir(plots, { recursive: true })
  const conditions = new Map(
    results.rows
      .filter(({ section }) => section === 'headline' || section === 'full-speed')
      .map(({ section, bundle, network, slowDown }) => [
        `${section}-${bundle}`,
        { section, bundle, network, slowDown },
      ]),
  )
  for (const [name, { section, bundle, network, slowDown }] of conditions) {
    const rows = results.rows.filter((row) => row.section === section && row.bundle === bundle)
    await replace(
      join(plots, `${name}.svg`),
      latencyBars(
        `${bundle}, ${rows[0]?.stream ?? ''}, ${network}, device 1/${slowDown}: mean latency`,
        rows,
      ),
    )
  }
  for (const bundle of new Set(results.rows.map((row) => row.bundle))) {
    const crossover = crossoverOf(results.rows, bundle)
    if (crossover !== undefined)
      await replace(join(plots, `crossover-${bundle}.svg`), crossoverMap(bundle, crossover))
  }
  const page = join(projectFolder, 'docs', 'results', 'strategies.md')
  await replace(page, withTable(await readFile(page, 'utf8'), results))
}
