/** The server's palette: what it gives to projects whose maker chose no colour. */
export const palette = [
  { value: '#2f6fed', name: 'Blue' },
  { value: '#1d8fb5', name: 'Lagoon' },
  { value: '#0f9d7a', name: 'Teal' },
  { value: '#2e9e4f', name: 'Green' },
  { value: '#7a9a1f', name: 'Olive' },
  { value: '#d9822b', name: 'Orange' },
  { value: '#cc5533', name: 'Rust' },
  { value: '#a8652f', name: 'Brown' },
  { value: '#c23d5a', name: 'Crimson' },
  { value: '#b8509e', name: 'Pink' },
  { value: '#7b5cd6', name: 'Violet' },
  { value: '#5566aa', name: 'Slate blue' },
] as const;
