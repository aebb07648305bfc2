import type { VNode } from 'preact'
import { classShares } from '../../session/class-shares.ts'
import { formatShare } from '../format.ts'
import { usePage } from '../page-context.ts'

/** Steps of colour; the number is in each cell, too. */
const steps = 5

/** Class × partition: where the selector sends the images of each class. A table, and coloured. */
export function HeatMap(): VNode | null {
  const { app } = usePage()
  const manifest = app.bundle.opened.value?.manifest
  const shares = manifest === undefined ? undefined : classShares(manifest)
  if (manifest === undefined || shares === undefined) return null
  const residents = new Set(app.residents.value.map(({ id }) => id))
  return (
    <section class="panel" aria-labelledby="heat-title">
      <h3 id="heat-title">Which specialist knows which class</h3>
      <p class="muted">
        Where the edge sends the test pictures of each class. Those in memory are underlined.
      </p>
      <div class="table-box heat" tabIndex={0} role="region" aria-label="Classes and specialists">
        <table data-testid="heat-map">
          <thead>
            <tr>
              <th scope="col">class</th>
              {manifest.partitions.map(({ id }) => (
                <th key={id} scope="col" data-resident={residents.has(id)}>
                  {id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shares.map((row, index) => (
              <tr key={manifest.classNames[index]}>
                <th scope="row">{manifest.classNames[index]}</th>
                {row.map((share, column) => (
                  <td key={manifest.partitions[column]?.id} data-heat={Math.ceil(share * steps)}>
                    {share === 0 ? <span class="visually-hidden">0 %</span> : formatShare(share)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
