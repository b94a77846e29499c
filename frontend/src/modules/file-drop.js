/* Alpine component of components/file_drop.html: says which files were chosen, and takes those that are dropped. */
export function fileDrop() {
  return {
    over: false,
    chosen: "",
    enter() {
      this.over = true;
    },
    leave() {
      this.over = false;
    },
    drop(event) {
      this.over = false;
      if (!event.dataTransfer.files.length) return;
      this.$refs.input.files = event.dataTransfer.files;
      this.pick();
    },
    pick() {
      this.chosen = [...this.$refs.input.files].map((file) => `${file.name}  ${humanSize(file.size)}`).join("\n");
    },
  };
}

function humanSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
