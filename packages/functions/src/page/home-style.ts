/** What the home page adds to the shared look, in the shared colours. */
export const homeStyle = `
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 0 0 1.5rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
fieldset { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 0.75rem; min-width: 0; margin: 0; padding: 0; border: 0; }
fieldset:disabled { opacity: 0.6; }
fieldset button { margin: 0; }
.upload { grid-column: 1 / -1; display: grid; gap: 0.75rem; }
.upload label { margin: 0.5rem 0 0; }
pre { margin: 0.5rem 0 0; padding: 0.75rem; min-height: 6rem; max-height: 24rem; overflow: auto; font-size: 0.875rem; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 0.5rem; }
pre:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
`;
