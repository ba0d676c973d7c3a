import AttributionKit

/// Which of a sheet's maps another program than Limn has computed.
struct ForeignMaps {
  /// What such maps say of themselves: `computed by ONNX Runtime 1.20.0, CPU`.
  var remark: String?
  private var isThere = false
  /// The titles of the methods whose maps Limn has computed itself.
  private var others: [String] = []

  mutating func hear(_ entries: [Comparison.Entry]) {
    guard let remark else { return }
    for entry in entries {
      guard let attribution = try? entry.outcome.get() else { continue }
      let title = entry.expression.title
      if attribution.remarks.contains(remark) {
        isThere = true
      } else if !others.contains(title) {
        others.append(title)
      }
    }
  }

  /// The words for a sheet's foot; `nil` where no other program was asked.
  var phrase: String? {
    guard let remark else { return nil }
    guard isThere else { return "maps computed by Limn itself" }
    return "maps \(remark)" + (others.isEmpty ? "" : ", those of \(others.joined(separator: ", ")) by Limn itself")
  }
}
