/** The server's palette: the colours of projects without a chosen one. */
export const palette = [
  { value: '#2f6fed' },
  { value: '#1d8fb5' },
  { value: '#0f9d7a' },
  { value: '#2e9e4f' },
  { value: '#7a9a1f' },
  { value: '#d9822b' },
  { value: '#cc5533' },
  { value: '#a8652f' },
  { value: '#c23d5a' },
  { value: '#b8509e' },
  { value: '#7b5cd6' },
  { value: '#5566aa' },
] as const;
