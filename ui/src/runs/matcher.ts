/** Whether a name is meant by a search: a regular expression in any case, or, where the text is none, the text itself. */
export function matcher(text: string): (name: string) => boolean {
  if (!text) return () => true;
  try {
    const pattern = new RegExp(text, "iu");
    return (name) => pattern.test(name);
  } catch {
    const small = text.toLowerCase();
    return (name) => name.toLowerCase().includes(small);
  }
}
