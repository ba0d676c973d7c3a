import GraphEngine
import Kernels

extension DetectionReader {
  /// Whether rows of scores that stand alone answer a detector's queries, rather than the slots of a text reader, key points
  /// or several questions.
  ///
  /// Detectors ask by vectors of the file, one for each row, and take no softmax over what stands in a slot.
  func answersQueries(_ value: String, _ kinds: [HeadColumns.Kind]) -> Bool {
    let rows = columns.shape(value)[1]
    let asks = graph.constants.values.contains { $0.shape.dropLast().last == rows }
    return asks && !kinds.contains { $0.isSoftmax } && hasQueries(value)
      && columns.ends.reading(of: value).obstacle == nil
  }
}
