import type { ComponentChildren, VNode } from 'preact'

export interface ChartKey {
  readonly label: string
  readonly colour: string
  readonly isDashed?: boolean
}

export interface ChartCardProps {
  readonly title: string
  readonly keys: readonly ChartKey[]
  readonly children: ComponentChildren
  /** What the chart says, as a table. */
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
}

/** A chart with its key, and the same as a table for whoever does not see it. */
export function ChartCard({ title, keys, children, table }: ChartCardProps): VNode {
  return (
    <figure class="panel chart">
      <figcaption>
        <h3>{title}</h3>
        <p class="keys">
          {keys.map(({ label, colour, isDashed }) => (
            <span key={label} class="key" data-colour={colour} data-dashed={isDashed}>
              {label}
            </span>
          ))}
        </p>
      </figcaption>
      {children}
      <details>
        <summary>As a table</summary>
        <div class="table-box" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
          <table>
            <thead>
              <tr>
                {table.head.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={column}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}
