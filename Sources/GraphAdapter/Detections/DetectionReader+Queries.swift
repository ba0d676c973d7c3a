import GraphEngine
import Kernels

extension DetectionReader {
  /// Whether rows of scores that stand alone answer a detector's queries, rather than the slots of a text reader, key points
  /// or several questions.
  ///
  /// Detectors ask by a hundred vectors of the file and more, and take no softmax over what stands in a slot.
  func answersQueries(_ value: String, _ kinds: [HeadColumns.Kind]) -> Bool {
    let rows = columns.shape(value)[1]
    let asks = graph.constants.values.contains { $0.shape.contains(rows) && $0.shape.count > 1 }
    return hasQueries(value) && rows >= 50 && asks && !kinds.contains { $0.isSoftmax }
      && columns.ends.reading(of: value).obstacle == nil
  }
}
