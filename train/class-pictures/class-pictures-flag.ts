/** Off unless asked for: what the pictures show is for everybody who has the bundle. */
export const classPicturesFlag = {
  type: 'boolean',
  description:
    'Put a picture of each class into the bundle, out of the data, for people: at most 2 kB each. Whoever has the bundle sees them',
  default: false,
} as const
