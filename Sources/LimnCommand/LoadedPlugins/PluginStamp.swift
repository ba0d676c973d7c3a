import CLimnPlugin
import Foundation

/// What a plugin was built against, or what this program was.
struct PluginStamp: Equatable {
  /// `epoch`, `kit`, `abi`, `swift` and `cc`, in this order where they stand in the text.
  let fields: [String: String]

  /// This program's own.
  static let host = PluginStamp(String(cString: limn_plugin_stamp()))

  init(fields: [String: String]) { self.fields = fields }

  init(_ text: String) {
    let parts = text.split(separator: ";").dropFirst().map { $0.split(separator: "=", maxSplits: 1) }
    let pairs = parts.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }
    fields = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  /// The stamp in a library's file; `nil` where there is none.
  init?(in file: Data) {
    guard let start = file.firstRange(of: Data("@(#)limn-plugin-stamp;".utf8))?.lowerBound else { return nil }
    let text = file[start...].prefix(1024).prefix { $0 != 0 }
    self.init(String(decoding: text, as: UTF8.self))
  }

  /// What sets a plugin apart from this program, as words that follow the plugin's name; `nil` where nothing does.
  var objection: String? {
    guard let field = Self.order.first(where: { fields[$0] != Self.host.fields[$0] }) else { return nil }
    let (its, ours) = (fields[field] ?? "none", Self.host.fields[field] ?? "none")
    return switch field {
    case "kit": "was built for limn \(its), and this is limn \(ours)"
    case "swift": "was built by Swift \(Self.version(its)), and this limn by Swift \(Self.version(ours))"
    case "cc": "was built by another build of the same Swift (\(its))"
    default: "was built against another LimnKit (\(field) \(its), and this limn has \(ours))"
    }
  }

  /// What people look for when they compare two: `limn 0.1.0, Swift 6.3.1, interface 46d138487674f329`.
  var summary: String {
    "limn \(fields["kit"] ?? "?"), Swift \(Self.version(fields["swift"] ?? "?")), interface \(fields["abi"] ?? "?")"
  }

  /// The most telling first.
  private static let order = ["kit", "swift", "epoch", "abi", "cc"]

  /// `60301` as people write it: 6.3.1.
  private static func version(_ number: String) -> String {
    guard let number = Int(number) else { return number }
    let (major, minor, patch) = (number / 10_000, number / 100 % 100, number % 100)
    return patch == 0 ? "\(major).\(minor)" : "\(major).\(minor).\(patch)"
  }
}
