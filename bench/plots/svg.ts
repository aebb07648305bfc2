/** Text as it may stand in an SVG. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** An image that is readable on light and dark pages. */
export const svg = (width: number, height: number, title: string, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`

export const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x}" y="${y}" fill="#1c2530" ${more}>${escaped(content)}</text>`
export const rect = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}"/>`

export const colours = {
  device: '#a3621b',
  edge: '#3567b0',
  'device-scene': '#c98a4b',
  'edge-scene': '#7fa3d9',
  cascade: '#7a5aa6',
  'cascade-scene': '#5b6f1e',
  fixed: '#4f9a94',
  adaptive: '#0b7a53',
} as const
