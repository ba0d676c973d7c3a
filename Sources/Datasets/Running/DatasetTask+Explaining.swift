import AttributionKit
import Evaluating
package import Explaining
import Foundation
import Images
import Reporting
import Tensors

extension DatasetTask {
  /// Explains a picture and stores what came of it, the record last; one that an earlier run has finished is left as it is.
  ///
  /// All methods run in one session: what one of them computes does not depend on where an earlier run was ended.
  ///
  /// - Returns: What came of it; a picture that cannot be used is an outcome, not an error.
  /// - Throws: ``StorageError``, or ``ExplainingError`` for what is wrong with every picture.
  func outcome(of entry: DatasetEntry, in folder: ResultFolder, again: Bool) throws -> Outcome {
    if case .unusable(let reason) = entry.place { return .unusable(reason) }
    do {
      let bytes = try entry.bytes(), objects = try objects(in: entry)
      let key = try key(of: entry, bytes, objects)
      if !again, let finished = finished(key, in: folder) { return finished }
      let picture = try entry.picture(bytes, pixelLimit: explainer.pixelLimit)
      let answered = try explainer.predict(picture, region: question?.region)
      let cases = try cases(of: answered, entry, objects)
      var record = PictureRecord(
        key: key, predictions: answered.predictions(top: 5), targets: [], notes: notes(answered, entry))
      for (number, judged) in cases.enumerated() {
        record.targets.append(try target(judged, number, key, folder))
      }
      if saves.contains(.summary), let features = try answered.features {
        record.features = try store(NumPyFile.data(features), as: "features", key, 0, "npy", in: folder)
      }
      let text = try LineJSON.text(record)
      try folder.write(Array(text.utf8), to: PictureRecord.path(of: key))
      return .explained(record, text: text, wasThere: false)
    } catch let error as ImageError {
      if case .outOfMemory = error { throw error }
      return .unusable(ExplainingError(error).description)
    } catch let error as ExplainingError where error.isAboutPicture || error.isAboutPlaces {
      return .unusable(error.description)
    }
  }

  /// What an earlier run has finished: its record, where all its files are there and whole.
  private func finished(_ key: String, in folder: ResultFolder) -> Outcome? {
    guard let data = folder.contents(of: PictureRecord.path(of: key)),
      let record = try? LineJSON.decoder.decode(PictureRecord.self, from: data), record.key == key,
      record.files.allSatisfy({ folder.size(of: $0.file) == $0.bytes })
    else { return nil }
    return .explained(record, text: String(decoding: data, as: UTF8.self), wasThere: true)
  }

  /// What is asked about a picture; a target that its own line names is its own affair, one named for all is not.
  private func cases(
    of answered: AnsweredPicture, _ entry: DatasetEntry, _ objects: [MarkedObject]
  ) throws -> [JudgedCase] {
    do { return try answered.cases(asking: question(about: entry, objects), marked: objects) } catch {
      let error = ExplainingError(error)
      if entry.columns == DatasetEntry.Columns(), !error.isAboutPlaces, objects.isEmpty {
        throw UnusableQuestion(reason: error)
      }
      throw ExplainingError(.data, error.description)
    }
  }

  /// What was assumed of a picture, without its name: pictures of one content share a record.
  private func notes(_ answered: AnsweredPicture, _ entry: DatasetEntry) -> [String]? {
    let notes = answered.subject.notes.map { $0.sentence.replacingOccurrences(of: entry.name, with: "the picture") }
    return notes.isEmpty ? nil : notes
  }

  private func target(
    _ judged: JudgedCase, _ number: Int, _ key: String, _ folder: ResultFolder
  ) throws -> PictureRecord.Target {
    let inquiry = judged.inquiry, explained = try inquiry.explained(by: methods)
    var result = PictureRecord.Target(
      target: Report.Target(inquiry), score: Report.Score(inquiry), methods: [])
    let findings = metrics.isEmpty ? [] : try judged.findings(at: 0, of: explained.entries, with: metrics)
    for (index, entry) in explained.entries.enumerated() {
      var method = PictureRecord.Method(method: entry.expression.identifier)
      switch entry.outcome {
      case .failure(let failure): method.error = ExplainingError(failure).description
      case .success(let attribution):
        try describe(attribution, entry, inquiry, &method)
        let name = MethodFolder.name(of: entry.expression.identifier)
        if saves.contains(.npy) {
          let values = attribution.values(as: inquiry)
          if numbers == .float16 { tellOfCoarseness(of: values, &method) }
          method.map = try store(
            numbers == .float32 ? NumPyFile.data(values) : NumPyFile.halfData(values), as: "maps/\(name)", key, number,
            "npy", in: folder)
        }
        if saves.contains(.overlays) {
          method.overlay = try store(
            inquiry.overlay(of: attribution, style: style).jpegData(), as: "overlays/\(name)", key, number, "jpg",
            in: folder)
        }
      }
      for finding in findings[(index * metrics.count)..<((index + 1) * metrics.count)] where !metrics.isEmpty {
        if let value = finding.result.value {
          method.metrics = (method.metrics ?? [:]).merging([finding.metric.identifier: value]) { $1 }
        } else {
          let reason = finding.result.remarks.last ?? "undefined"
          method.undefined = (method.undefined ?? [:]).merging([finding.metric.identifier: reason]) { $1 }
        }
      }
      result.methods.append(method)
    }
    if saves.contains(.report) {
      result.thumbnail = try store(
        explained.strip(height: ContactSheet.side, style: style).jpegData(quality: 80), as: "thumbnails", key, number,
        "jpg", in: folder)
    }
    return result
  }

  /// Numbers far below one, as relevances of deep networks are, or far above are not what 16 bits hold.
  private func tellOfCoarseness(of values: Tensor, _ method: inout PictureRecord.Method) {
    let error = min(NumPyFile.halfError(of: values), 1)
    guard error > 0.002 else { return }
    method.storageError = error
    method.remarks =
      (method.remarks ?? []) + [
        "float16 does not hold such numbers: those stored are off by up to \(Wording.fixed(Double(100 * error), places: 1)) % of the "
          + "greatest"
      ]
  }

  private func describe(
    _ attribution: Attribution, _ entry: Comparison.Entry, _ inquiry: Inquiry, _ method: inout PictureRecord.Method
  ) throws {
    method.grid = attribution.values(as: inquiry).shape
    (method.minimum, method.maximum) = (attribution.range.lowerBound, attribution.range.upperBound)
    method.status = entry.status?.rawValue
    method.remarks = attribution.remarks.isEmpty ? nil : attribution.remarks
  }

  private func store(
    _ bytes: [UInt8], as kind: String, _ key: String, _ number: Int, _ ending: String, in folder: ResultFolder
  ) throws -> StoredFile {
    let file = "\(kind)/\(key.prefix(2))/\(key)\(number == 0 ? "" : "-\(number + 1)").\(ending)"
    try folder.write(bytes, to: file)
    return StoredFile(file: file, bytes: bytes.count)
  }
}

extension AnsweredPicture {
  /// What the network makes of the picture at the layer that is explained, a mean for each channel; `nil` where there is
  /// no such layer.
  fileprivate var features: Tensor? {
    get throws {
      guard let layer = try explainer.defaultLayer(), layer.isSpatial else { return nil }
      return try session.activation(at: layer).spatialMean()
    }
  }
}

/// A question that no picture of the set can be asked.
package struct UnusableQuestion: Error {
  package let reason: ExplainingError
}

/// The folder of a method's results.
enum MethodFolder {
  /// The expression where it can be a file's name, or else what is like it, with some of its hash.
  static func name(of expression: String) -> String {
    let plain = expression.map { character -> Character in
      character.isASCII && (character.isLetter || character.isNumber || "-_.+=".contains(character)) ? character : "_"
    }
    let name = String(plain.prefix(60))
    return name == expression ? name : "\(name)-\(SHA256.hex(of: expression).prefix(6))"
  }
}
