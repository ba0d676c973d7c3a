import AttributionKit
import GraphEngine
import Kernels

/// Detectors exported with the choice of their best rows, in outputs of their own.
extension DetectionReader {
  /// Scores `[1, rows]`, numbers of classes `[1, rows]` and boxes `[1, rows, 4]`: RT-DETR, D-FINE and others as deployed.
  mutating func readRankedOutputs() -> DetectionHead? {
    guard let boxes = outputs.first(where: { $0.shape.count == 3 && $0.shape[2] == 4 && $0.shape[1] > 1 }) else {
      return nil
    }
    let rows = boxes.shape[1]
    let lists = outputs.filter { $0.shape.count == 2 && $0.shape[1] == rows }
    let kinds = Dictionary(
      lists.map { ($0.name, Set(columns.kinds(of: $0.name, along: 1))) }
    ) { first, _ in first }
    guard let classes = lists.first(where: { kinds[$0.name] == [.whole] }),
      let scores = lists.first(where: { kinds[$0.name]?.contains(.whole) == false && $0.name != classes.name })
    else { return nil }
    var lifting = HeadLifting(columns, naming: "detector.score")
    let logits = lifting.logits(of: scores.name, along: 1, 0..<rows)
    if logits != nil { nodes += lifting.nodes }
    found.append(
      (DetectionHead.OutputName.scores, add(Reshape(to: scores.shape + [1]), [logits ?? scores.name], "scores")))
    put(DetectionHead.OutputName.boxes, boxes.name, columnsAlong: 2)
    found.append((DetectionHead.OutputName.classes, add(Reshape(to: classes.shape + [1]), [classes.name], "classes")))
    sources = [scores.name, classes.name, boxes.name]
    var head = DetectionHead(
      "scores, classes and boxes of the best rows, none of which need be suppressed", rows: rows,
      classCount: rankedClassCount(behind: classes.name), link: logits == nil ? .identity : .sigmoid, isEndToEnd: true,
      boxes: self.boxes(boxes.name.form ?? .corners, isRelative: false))
    // Whether they are corners and what they are counted in, only numbers tell.
    head.open = boxes.name.form == nil ? openTraits : openTraits.subtracting([.form])
    return head
  }
}
