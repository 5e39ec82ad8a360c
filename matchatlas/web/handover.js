// Saves a file that was made, once.
const saved = new Set();

export default function ({ data }) {
  if (saved.has(data.id)) return;
  saved.add(data.id);
  const bytes = Uint8Array.from(atob(data.content), (sign) => sign.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: data.mime }));
  link.download = data.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
