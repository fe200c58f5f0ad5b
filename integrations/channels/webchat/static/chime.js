// Two soft notes, made here: nothing to load.

const NOTES = [
  [660, 0],
  [880, 0.11],
];
let audio;

export function chime() {
  try {
    audio ??= new AudioContext();
    for (const [note, after] of NOTES) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const at = audio.currentTime + after;
      tone.frequency.value = note;
      volume.gain.setValueAtTime(0.06, at);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.4);
    }
  } catch {
    // Without sound the badge says it.
  }
}
