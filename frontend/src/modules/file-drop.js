/* Alpine component of components/file_drop.html: says which file was chosen, and takes one that is dropped. */
export function fileDrop() {
  return {
    over: false,
    name: "",
    size: "",
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
      const [file] = this.$refs.input.files;
      this.name = file ? file.name : "";
      this.size = file ? humanSize(file.size) : "";
    },
  };
}

function humanSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
