// A picture of a box that somebody sat on, drawn here: a demo needs no camera.
export function box(): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = 480;
  canvas.height = 360;
  const c = canvas.getContext("2d")!;
  const face = (colour: string, ...points: [number, number][]) => {
    c.fillStyle = colour;
    c.beginPath();
    for (const [x, y] of points) c.lineTo(x, y);
    c.fill();
  };
  face("#8d99a6", [0, 0], [480, 0], [480, 250], [0, 250]);
  face("#5d4a3a", [0, 250], [480, 230], [480, 360], [0, 360]);
  face("#b98a54", [90, 150], [250, 190], [262, 318], [104, 282]);
  face("#8f6638", [250, 190], [392, 138], [378, 268], [262, 318]);
  face("#d0a36c", [90, 150], [196, 120], [240, 152], [300, 96], [392, 138], [250, 190]);
  face("#e9e2d0", [150, 168], [178, 175], [190, 303], [162, 296]);
  c.strokeStyle = "#5b3d1c";
  c.lineWidth = 3;
  for (const [x1, y1, x2, y2] of [[196, 120, 240, 152], [240, 152, 300, 96], [240, 152, 232, 205], [300, 230, 340, 190], [318, 262, 350, 236]] as const) {
    c.beginPath();
    c.moveTo(x1, y1);
    c.lineTo(x2, y2);
    c.stroke();
  }
  return new Promise((resolve) => canvas.toBlob((b) => resolve(b!), "image/png"));
}
