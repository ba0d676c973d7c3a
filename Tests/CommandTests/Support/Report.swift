/// The fields of a report that scripts rely on, as another program would declare them.
struct Report: Decodable {
  let image: String
  let model: Model
  let preprocessing: Preprocessing?
  let predictions: [Prediction]
  let target: Target
  let score: Score
  let method: Method
  let error: String?
  let layer: Layer?
  let grid: [Int]?
  let range: Range?
  let status: String?
  let hint: String?
  let guided: Guided?
  let timings: Timings
  let versions: Versions

  struct Model: Decodable {
    let file: String, producer: String?, opset: Int?, classes: Int, precision: String, input: Layer
  }
  struct Preprocessing: Decodable {
    let scale: Float, mean: [Float], std: [Float], channelOrder: String, fit: String, cropFraction: Double?
  }
  struct Prediction: Decodable { let index: Int, label: String?, side: String?, logit: Float, probability: Float }
  struct Target: Decodable {
    let expression: String, index: Int, label: String?, probability: Float, contrastIndex: Int?, contrastLabel: String?
  }
  struct Score: Decodable { let kind: String, value: Float }
  struct Method: Decodable { let expression: String, title: String }
  struct Layer: Decodable { let name: String, `operator`: String, shape: [Int] }
  struct Range: Decodable { let minimum: Float, maximum: Float }
  struct Guided: Decodable { let crossed: Int, activations: Int }
  struct Timings: Decodable { let forward: Double, attribution: Double }
  struct Versions: Decodable { let limn: String, oneDNN: String }
}

/// What `limn predict --json` prints for one image.
struct Predictions: Decodable {
  let image: String
  let link: String
  let predictions: [Report.Prediction]
}
