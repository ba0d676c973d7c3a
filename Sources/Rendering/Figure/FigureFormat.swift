/// A file format that figures are written in.
public enum FigureFormat: String, Hashable, Sendable, CaseIterable {
  case png, jpeg, pdf, svg

  /// The format that a file's extension stands for, without its dot; capitals do not matter.
  public init?(fileExtension: String) {
    let name = fileExtension.lowercased()
    self.init(rawValue: name == "jpg" ? "jpeg" : name)
  }

  /// What people call it: `PNG`.
  public var name: String { rawValue.uppercased() }

  /// The longest side, in pixels (PNG, JPEG, SVG) or points (PDF).
  var longestSide: Int {
    switch self {
    case .png, .svg: 32_767
    case .jpeg: 32_767
    case .pdf: 14_400
    }
  }
}
