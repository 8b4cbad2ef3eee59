// Command argo-rollouts judges measurements by Argo Rollouts' own code. It reads the metrics of an AnalysisTemplate and the
// measurements of each, as JSON, and prints a verdict a line.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/utils/evaluate"
	log "github.com/sirupsen/logrus"
)

type question struct {
	Metric v1alpha1.Metric `json:"metric"`
	// Values of the vector that Prometheus answered; null is NaN.
	Answer []*float64 `json:"answer"`
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, each := range questions {
		answer := make([]float64, 0, len(each.Answer))
		for _, value := range each.Answer {
			if value == nil {
				answer = append(answer, math.NaN())
			} else {
				answer = append(answer, *value)
			}
		}
		phase, err := evaluate.EvaluateResult(answer, each.Metric, *log.NewEntry(log.New()))
		if err != nil {
			phase = v1alpha1.AnalysisPhaseError
		}
		fmt.Println(phase)
	}
}
