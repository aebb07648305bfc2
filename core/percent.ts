/** "91.2 %" of 0.912; a dash where there is no share. */
export const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${(share * 100).toFixed(1)} %`
