import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { classShares } from '../../stream-log/class-shares.ts'
import { formatCount, formatShare } from '../format.ts'
import { ClassPicture } from '../class-picture.tsx'
import { usePage } from '../page-context.ts'

/** Steps of colour; the number is in each cell, too. */
const steps = 5

/** From so many classes on, a person looks for one by its name. */
const fewestToSearch = 24

/** Class × partition: where the selector sends the images of each class. A table, and coloured. */
export function HeatMap(): VNode | null {
  const { app } = usePage()
  const wanted = useSignal('')
  const manifest = app.bundle.opened.value?.manifest
  const shares = manifest === undefined ? undefined : classShares(manifest)
  if (manifest === undefined || shares === undefined) return null
  const { classNames, partitions } = manifest
  const residents = new Set(app.residents.value.map(({ id }) => id))
  const rows = shares
    .map((row, index) => ({ index, className: classNames[index] ?? `class ${index}`, row }))
    .filter(({ className }) => className.toLowerCase().includes(wanted.value.trim().toLowerCase()))
  return (
    <section class="panel" aria-labelledby="heat-title">
      <h3 id="heat-title">Which specialist knows which class</h3>
      <p class="muted">
        Where the edge sends the test pictures of each class. Those in memory are underlined.
      </p>
      {classNames.length >= fewestToSearch && (
        <label class="heat-search">
          <span>Find a class</span>
          <input
            type="search"
            data-testid="heat-search"
            value={wanted.value}
            onInput={({ currentTarget }) => (wanted.value = currentTarget.value)}
          />
          <span class="muted" role="status">
            {formatCount(rows.length)} of {formatCount(classNames.length)}
          </span>
        </label>
      )}
      <div class="table-box heat" tabIndex={0} role="region" aria-label="Classes and specialists">
        <table data-testid="heat-map">
          <thead>
            <tr>
              <th scope="col">class</th>
              {partitions.map(({ id, name = id }) => (
                <th key={id} scope="col" data-resident={residents.has(id)}>
                  <span class="heat-name">{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ index, className, row }) => (
              <tr key={className}>
                <th scope="row">
                  <ClassPicture index={index} />
                  {className}
                </th>
                {row.map((share, column) => (
                  <td key={partitions[column]?.id} data-heat={Math.ceil(share * steps)}>
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
