/** Given names that fit anybody, one a letter, for the 24 people of the data set. */
const givenNames = [
  ...[
    'Alex',
    'Blake',
    'Casey',
    'Devon',
    'Ellis',
    'Finley',
    'Gale',
    'Harper',
    'Indigo',
    'Jules',
    'Kai',
    'Lane',
  ],
  ...[
    'Morgan',
    'Noel',
    'Oakley',
    'Perry',
    'Quinn',
    'Robin',
    'Sasha',
    'Taylor',
    'Val',
    'Wren',
    'Yuri',
    'Zion',
  ],
]

export const walkerName = (identity: number): string => givenNames[identity] ?? `Walker ${identity + 1}`

/** Class names of the first `n` people; the class index is the identity. */
export const walkerNames = (n: number): string[] =>
  Array.from({ length: n }, (_, identity) => walkerName(identity))
