import AttributionKit
import Explaining
import Foundation
import Testing

/// What scores are called.
@Suite struct ScoreKindTests {
  @Test func `what is written is read again, key points with what is asked of them`() throws {
    for kind in ScoreKind.allCases { #expect(ScoreKind(rawValue: kind.rawValue) == kind) }
    #expect(ScoreKind(rawValue: "keypoint:left wrist") == .keyPoint("left wrist", .confidence))
    #expect(ScoreKind(rawValue: "keypoint:9:x") == .keyPoint("9", .x))
    #expect(ScoreKind.keyPoint("nose", .y).rawValue == "keypoint:nose:y")
    for text in ["", "keypoint", "keypoint:", "keypoint::x", "Logit", "edge"] {
      #expect(ScoreKind(rawValue: text) == nil)
    }
    let coded = try JSONEncoder().encode([ScoreKind.keyPoint("nose", .confidence), .angle])
    #expect(String(decoding: coded, as: UTF8.self) == #"["keypoint:nose","angle"]"#)
    #expect(try JSONDecoder().decode([ScoreKind].self, from: coded) == [.keyPoint("nose", .confidence), .angle])
  }
}
