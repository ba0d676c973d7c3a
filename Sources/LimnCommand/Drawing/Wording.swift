import AttributionKit
import Foundation
import Images
import Tensors

/// Numbers and places in words, the same on sheets and in the terminal.
enum Wording {
  /// `87.3 %`, with more places where one would read as nothing or as certainty.
  static func percent(_ probability: Float) -> String {
    let share = Double(probability) * 100
    if share > 0, share < 0.1 { return "< 0.1 %" }
    if share > 99.9, share < 100 { return "> 99.9 %" }
    return fixed(share, places: 1) + " %"
  }

  /// A decimal number with a point, whatever the locale.
  static func fixed(_ number: Double, places: Int) -> String {
    guard number.isFinite else { return "\(number)" }
    return String(format: "%.\(places)f", number)
  }

  /// Three digits, with a true minus.
  static func significant(_ number: Float) -> String {
    String(format: "%.3g", Double(number)).replacingOccurrences(of: "-", with: "−")
  }

  /// One number per channel, or the one that all share.
  static func list(_ numbers: [Float]) -> String {
    let written = numbers.map(significant)
    return Set(written).count == 1 ? written[0] : written.joined(separator: "/")
  }

  /// `−0.012 … 3.4`.
  static func range(_ range: ClosedRange<Float>) -> String {
    [range.lowerBound, range.upperBound].map(significant).joined(separator: " … ")
  }

  static func extent(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " × ") }

  /// How nearly attributions add up: `sum 3.21 of 3.2 (0.3 % off)`.
  static func completeness(_ completeness: Completeness) -> String {
    let share = completeness.expected == 0 ? nil : percent(abs(completeness.error / completeness.expected))
    return "sum \(significant(completeness.sum)) of \(significant(completeness.expected))"
      + (share.map { " (\($0) off)" } ?? "")
  }

  /// Where an attribution lives: the layer with its grid, or how many activations were guided.
  static func place(of attribution: Attribution) -> String {
    if let coverage = attribution.coverage {
      return "\(coverage.crossed) of \(coverage.activations) activations guided"
    }
    return "\(attribution.layer.name) · \(attribution.height) × \(attribution.width)"
  }
}

extension Preprocessing {
  /// The recipe in a few words.
  var summary: String {
    let preset = Preprocessing.presets.first { name, recipe in
      recipe.scale == scale && recipe.mean == mean && recipe.deviation == deviation
        && recipe.channelOrder == channelOrder
    }?.name
    let numbers =
      preset.map { "\($0) preprocessing" }
      ?? "samples × \(Wording.significant(scale)), mean \(Wording.list(mean)), deviation \(Wording.list(deviation))"
    let fitting =
      switch resize {
      case .centerCrop(let share): share < 1 ? "centre crop \(Wording.significant(Float(share)))" : "centre crop"
      case .exact: "stretched"
      case .letterbox: "letterbox"
      }
    return "\(numbers), \(fitting)"
  }
}
