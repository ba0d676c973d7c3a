import AttributionKit
import Foundation

/// Numbers in words, the same in notes, on sheets and in the terminal.
package enum Wording {
  /// `87.3 %`, with more places where one would read as nothing or as certainty.
  package static func percent(_ probability: Float) -> String {
    let share = Double(probability) * 100
    if share > 0, share < 0.1 { return "< 0.1 %" }
    if share > 99.9, share < 100 { return "> 99.9 %" }
    return fixed(share, places: 1) + " %"
  }

  /// A decimal number with a point, whatever the locale.
  package static func fixed(_ number: Double, places: Int) -> String {
    guard number.isFinite else { return "\(number)" }
    return String(format: "%.\(places)f", number)
  }

  /// Three digits, with a true minus.
  package static func significant(_ number: Float) -> String {
    String(format: "%.3g", Double(number)).replacingOccurrences(of: "-", with: "−")
  }

  /// `−0.012 … 3.4`.
  package static func range(_ range: ClosedRange<Float>) -> String {
    [range.lowerBound, range.upperBound].map(significant).joined(separator: " … ")
  }

  /// `0.6 seconds`, `40 seconds`, `12 minutes`, `2.5 hours`: no more digits than an estimate deserves.
  package static func roughly(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    switch seconds {
    case ..<0.095: return "\(max(1, Int((seconds * 100).rounded()) * 10)) milliseconds"
    case ..<0.95: return "\(fixed(seconds, places: 1)) seconds"
    case ..<1.5: return "a second"
    case ..<9.5: return "\(Int(seconds.rounded())) seconds"
    case ..<95: return "\(Int((seconds / 5).rounded()) * 5) seconds"
    case ..<5_700: return "\(Int((seconds / 60).rounded())) minutes"
    case ..<345_600: return "\(fixed(seconds / 3600, places: seconds < 36_000 ? 1 : 0)) hours"
    default: return "\(fixed(seconds / 86_400, places: 0)) days"
    }
  }

  /// `3 × 224 × 224`.
  package static func extent(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " × ") }
}

extension Preprocessing {
  /// The recipe in a few words: `imagenet preprocessing, centre crop 0.875`.
  package var summary: String {
    let preset = Preprocessing.presets.first { name, recipe in
      recipe.scale == scale && recipe.mean == mean && recipe.deviation == deviation
        && recipe.channelOrder == channelOrder
    }?.name
    let numbers =
      preset.map { "\($0) preprocessing" }
      ?? "samples × \(Wording.significant(scale)), mean \(Self.list(mean)), deviation \(Self.list(deviation))"
    let fitting =
      switch resize {
      case .centerCrop(let share): share < 1 ? "centre crop \(Wording.significant(Float(share)))" : "centre crop"
      case .exact: "stretched"
      case .stretchCrop(let share): "stretched, centre crop \(Wording.significant(Float(share)))"
      case .letterbox: "letterbox"
      }
    return "\(numbers), \(fitting)" + (interpolation == .bilinear ? "" : ", \(interpolation.rawValue)")
  }

  /// One number per channel, or the one that all share.
  private static func list(_ numbers: [Float]) -> String {
    let written = numbers.map(Wording.significant)
    return Set(written).count == 1 ? written[0] : written.joined(separator: "/")
  }
}
