import Foundation

extension EvaluationReport {
  /// A row for every number, with commas between its cells and quotation marks where a cell needs them (RFC 4180): `image`,
  /// `target`, `index`, `method`, `metric`, `value`, `remark`.
  public var csv: String {
    let rows = measurements.map { one in
      [
        one.image, one.target.label ?? one.target.expression, one.target.index.map(String.init) ?? "", one.method,
        one.metric, one.value.map { "\($0)" } ?? "", one.remarks?.joined(separator: "; ") ?? "",
      ]
    }
    return ([["image", "target", "index", "method", "metric", "value", "remark"]] + rows)
      .map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func cell(_ text: String) -> String {
    guard text.contains(where: { "\",\r\n".contains($0) }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
